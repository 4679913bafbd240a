export { type Discovered, discoverLimits, type Fired } from './discover-limits.ts'
