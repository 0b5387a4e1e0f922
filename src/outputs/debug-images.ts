/** InvokeAI's three images of a selection. */
export const DEBUG_IMAGES = ['selected', 'deselected', 'masked'] as const;
