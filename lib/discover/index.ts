export { type Discovered, discoverLimits, type Fired } from './discover-limits.ts'
export { type Experiment, limitsToPlan } from './experiment.ts'
