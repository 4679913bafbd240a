import { z } from 'zod'
import type { LatencyQuestion } from './question.ts'
import type { ReadRun } from './run.ts'

/** Requests whose latencies are looked at together. */
export interface RequestGroup {
  /** Of one descriptor; undefined for those of all together. */
  descriptor?: string
  isOfGroup: (descriptor: string) => boolean
}

/**
 * Whose latencies are compared: those of each descriptor that the plans fire, or of all these together. The
 * requests beside a plan make ready and clean up: they are few and of other kinds, so that nothing could
 * ever be told of them. Where no plan names its descriptors, all are looked at.
 */
export function requestGroups(runs: readonly ReadRun[], by: LatencyQuestion['by']): RequestGroup[] {
  const fired = new Set(runs.flatMap(({ plan }) => firedBy(plan)))
  const isFired = (descriptor: string) => fired.size === 0 || fired.has(descriptor)
  if (by === 'all') return [{ isOfGroup: isFired }]
  const answered = runs.flatMap(({ result }) => (result.latency ?? []).map(({ descriptor }) => descriptor))
  return [...new Set(answered)].filter(isFired).map((descriptor) => ({
    descriptor,
    isOfGroup: (each) => each === descriptor,
  }))
}

const planSchema = z.object({ descriptors: z.array(z.object({ name: z.string() })) })

function firedBy(plan: unknown): string[] {
  const read = planSchema.safeParse(plan)
  return read.success ? read.data.descriptors.map(({ name }) => name) : []
}
