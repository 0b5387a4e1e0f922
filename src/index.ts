export { MaskwrightError, type ErrorCategory, type ErrorCode } from './errors.js';
