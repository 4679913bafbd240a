import type { FireOutcome, Progress } from '../fire/index.ts'
import type { Leftover, Who } from '../oncall/index.ts'

/** Where a run stands: each is told once, when it begins. */
export type Phase =
  | { phase: 'target-ready'; url: string; embedded: boolean }
  | { phase: 'key-known'; who: Who; use?: 'tested' | 'setup' | 'load' }
  | { phase: 'silent'; waitMs: number }
  | { phase: 'sparing-key'; waitMs: number }
  | { phase: 'making-fixtures'; runId: string; descriptors: string[] }
  | { phase: 'fixtures-ready'; descriptors: string[]; own?: boolean; loud?: boolean }
  | { phase: 'firing' }
  | { phase: 'fired'; outcome: FireOutcome['kind'] }
  | { phase: 'reading-back'; count: number }
  | { phase: 'waiting-to-read-back'; waitMs: number }
  | { phase: 'read-back'; found: number; open: number }
  | { phase: 'resolving'; count: number }
  | { phase: 'removing'; count: number }
  | { phase: 'waiting-to-remove'; waitMs: number }
  | { phase: 'removed'; left: Leftover[] }

/** Whoever watches a run. Must not throw. */
export interface Watcher {
  onPhase(phase: Phase): void
  onProgress(progress: Progress): void
}
