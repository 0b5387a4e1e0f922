/** Works with a model that is being loaded, and disposes of it. */
export async function withModel<Model extends { readonly dispose: () => Promise<void> }, Result>(
  loading: Promise<Model>,
  work: (model: Model) => Promise<Result>,
): Promise<Result> {
  const model = await loading;
  try {
    return await work(model);
  } finally {
    await model.dispose();
  }
}
