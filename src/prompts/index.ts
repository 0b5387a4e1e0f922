export * from './prompt-tree.js';
export { parsePrompt, parsePrompts } from './parse-prompt.js';
export { printPrompt } from './print-prompt.js';
export { drawPromptTree } from './draw-prompt-tree.js';
export { setThresholds } from './set-thresholds.js';
export { evaluatePrompt, type PromptOperands } from './evaluate-prompt.js';
