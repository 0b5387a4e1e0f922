export { nearestSource } from '../engine/nearest-source.js';
