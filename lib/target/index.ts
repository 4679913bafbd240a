export { type Behaviour, correctBehaviour, type LimitedScope, limitedScopes } from './behaviour.ts'
export {
  embeddedKey,
  embeddedSetupKey,
  type ParsedTargetConfig,
  parseTargetConfig,
  type TargetConfig,
  type TargetConfigInput,
  targetConfigSchema,
} from './config.ts'
export { runTarget } from './run.ts'
export { type RunningTarget, startTarget } from './server.ts'
export { type Exit, type SpawnedTarget, type SpawnOptions, spawnTarget, TargetStartError } from './spawn.ts'
