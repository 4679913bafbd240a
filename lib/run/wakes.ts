import type { NamedIntegration, OncallProblem } from '../oncall/index.ts'

/** An integration whose alerts would notify somebody, or may, and how: a sentence for each route. */
export interface Wakes {
  integrationId: string
  sentences: readonly string[]
}

/** Decides whether to go on although these would notify somebody. */
export type Permit = (wakes: readonly Wakes[]) => Promise<boolean>

/**
 * Is it settled that nobody is notified against their will? Routes that wake somebody are put before
 * `permit`, but for those that it has permitted already.
 * @param permitted sentences that were permitted before; those that are now are added.
 * @returns the problem of an integration that must not be used.
 */
export async function wakesNobody(
  integrations: readonly NamedIntegration[],
  permitted: Set<string>,
  permit: Permit | undefined,
): Promise<OncallProblem | undefined> {
  const wakes = integrations
    .map(({ integrationId, wakes }) => ({
      integrationId,
      sentences: wakes.filter((sentence) => !permitted.has(sentence)),
    }))
    .filter(({ sentences }) => sentences.length > 0)
  const sentences = wakes.flatMap((one) => one.sentences)
  if (sentences.length === 0) return undefined
  if (await permit?.(wakes)) {
    for (const sentence of sentences) permitted.add(sentence)
    return undefined
  }
  const ids = wakes.map(({ integrationId }) => integrationId).join(',')
  return {
    kind: 'loud',
    sentence: [
      'Alerts would notify somebody, so none is sent:',
      ...sentences.map((sentence) => `  - ${sentence}`),
      `Take what notifies off these routes, name other integrations, or name none and let Onset make its own. --allow-notifications=${ids} goes on nevertheless.`,
    ].join('\n'),
  }
}
