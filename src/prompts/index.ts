export * from './prompt-tree.js';
export { parsePrompt, parsePrompts } from './parse-prompt.js';
export { phraseThresholds } from './phrase-thresholds.js';
export { printPrompt } from './print-prompt.js';
export { setThresholds } from './set-thresholds.js';
export {
  evaluatePrompt,
  type EvaluatePromptOptions,
  type InstancesNode,
  type PromptOperands,
} from './evaluate-prompt.js';
