import type { Fixture, Oncall } from '../oncall/index.ts'
import type { NeededIntegration } from './experiments/experiment.ts'
import type { Holdings } from './holdings.ts'
import type { Added } from './site.ts'

/** Answers to a key that is not shown what it asks for. */
const hidden: ReadonlySet<number | undefined> = new Set([403, 404])

/**
 * Makes the integration of another organization, and makes sure that it is of another: a key of this
 * organization must not be shown it.
 * @param abroad holds what is made in the other organization. @param oncall as whoever makes ready here.
 */
export async function makeStranger(
  abroad: Holdings,
  needed: NeededIntegration,
  oncall: Pick<Oncall, 'readNamed'>,
): Promise<Added> {
  const made = await abroad.make([needed])
  if (!made.ok) {
    const why = `No integration could be made with the other organization's key. ${made.problem.sentence}`
    return { ok: false, why }
  }
  const fixture = made.value[0] as Fixture
  const seen = await oncall.readNamed([fixture.integrationId])
  if (!seen.ok && hidden.has(seen.problem.status)) return { ok: true, fixture }
  const why = seen.ok
    ? "The integration that the other organization's key made is shown to this organization too, so it may be in the same one."
    : `Whether the integration that the other organization's key made is in another one could not be seen. ${seen.problem.sentence}`
  return { ok: false, why }
}
