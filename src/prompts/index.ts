export * from './prompt-tree.js';
export { parsePrompt, parsePrompts } from './parse-prompt.js';
export { ownThresholds } from './own-thresholds.js';
export { printPrompt } from './print-prompt.js';
export { setThresholds } from './set-thresholds.js';
export { evaluatePrompt, type PromptOperands } from './evaluate-prompt.js';
