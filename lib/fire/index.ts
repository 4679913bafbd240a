export type { Binding, Bindings, Method } from './bindings.ts'
export { type FireOptions, fire } from './fire.ts'
export type { FireOutcome } from './outcome.ts'
export type { Progress } from './progress.ts'
