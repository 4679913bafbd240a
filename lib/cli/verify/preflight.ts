import { counted } from '../../../reports/terminal/index.ts'
import { createOncall, type NamedIntegration, type Result } from '../../oncall/index.ts'
import type { Finding } from '../finding.ts'
import { problemFinding, whoText } from './finding-words.ts'
import { loadKeyFindings } from './load-key-findings.ts'
import { integrationsNeeded } from './named-integrations.ts'
import { requestsBeside } from './requests-beside.ts'
import type { Verification } from './verification.ts'

/**
 * Looks at all that a run would use of a target, and changes nothing: does each key work, and whose is
 * it; which integrations would be used, and does each lead nowhere; how much of the key's limit all
 * that takes. It ends where the tested key or the second one does not work.
 */
export async function preflightFindings(verification: Verification): Promise<Finding[]> {
  const { target } = verification
  if (target.kind !== 'oncall') {
    const what = target.kind === 'http' ? `${target.url} is` : 'the embedded target is'
    return [
      {
        name: 'target',
        ok: true,
        found: `${what} not asked: only kind oncall has a request that shows whether the key works`,
      },
    ]
  }
  let requests = 0
  const { url, ingestUrl, stackUrl, apiKey, setupKey } = target
  const clientOf = (key: { apiKey: string; stackUrl?: string }, descriptor: string) =>
    createOncall({
      url,
      ingestUrl,
      ...key,
      descriptor,
      onRequest: () => {
        requests++
      },
    })
  const tested = clientOf({ apiKey, stackUrl }, 'K')
  const setup = setupKey === undefined ? tested : clientOf({ apiKey: setupKey, stackUrl }, 'S')

  const who = await tested.preflight()
  if (!who.ok) return [problemFinding('target', who.problem)]
  const findings: Finding[] = [
    { name: 'target', ok: true, found: `${url} answers; the key belongs to ${whoText(who.value)}` },
  ]
  if (setup !== tested) {
    const whoElse = await setup.preflight()
    if (!whoElse.ok) return [...findings, problemFinding('second key', whoElse.problem)]
    findings.push({ name: 'second key', ok: true, found: `setupKey belongs to ${whoText(whoElse.value)}` })
  }
  const { loadKeys = [], integrations: named } = verification.spec.target ?? {}
  const further = loadKeys.map(({ apiKey, stackUrl, organization }, index) => ({
    place: `target.loadKeys[${index}]`,
    organization,
    oncall: clientOf({ apiKey, stackUrl }, `K${index + 2}`),
  }))
  findings.push(...(await loadKeyFindings(setup, further)))
  const needed = integrationsNeeded(verification.plan)
  if (named) {
    const read = await setup.readNamed(named.slice(0, needed))
    if (!read.ok) return [...findings, { ...problemFinding('integrations', read.problem) }]
    findings.push(...read.value.flatMap(integrationFindings))
  } else if (needed > 0) findings.push(ownFinding(verification, needed))
  findings.push(webhooksFinding(await setup.readWebhooks(named ?? [])))
  return [...findings, requestsFinding(verification, requests)]
}

/** A finding for each integration, and one for each route that would notify somebody. */
function integrationFindings({ integrationId, name, routes, wakes, doubts }: NamedIntegration): Finding[] {
  const title = name === integrationId ? integrationId : `"${name}" (${integrationId})`
  if (wakes.length === 0) {
    const but = doubts.length > 0 ? `, but ${doubts.join('; ')}` : ''
    return [
      {
        name: 'integration',
        ok: true,
        found: `${title} notifies nobody, by ${counted(routes, 'route')}${but}`,
      },
    ]
  }
  return wakes.map((found) => ({
    name: 'integration',
    ok: false,
    found,
    advice: 'take off what notifies, name another, or name none and let Onset make its own',
    mistake: true,
  }))
}

function ownFinding({ plan }: Verification, needed: number): Finding {
  const letters = plan.descriptors.filter(({ kind }) => kind === 'alert').map(({ name }) => name)
  return {
    name: 'integrations',
    ok: true,
    found: `${counted(needed, 'integration')} would be made for a run (${letters.join(', ')}), silenced, read back, and removed after it`,
  }
}

/** They are no reason to refuse: most tell a machine, and one alert group for each integration is little. */
function webhooksFinding(read: Result<string[]>): Finding {
  const name = 'webhooks'
  if (!read.ok) {
    return { name, ok: true, found: `whether outgoing webhooks fire is not known. ${read.problem.sentence}` }
  }
  const firing = read.value
  if (firing.length === 0)
    return { name, ok: true, found: 'no outgoing webhook fires for these integrations' }
  return {
    name,
    ok: true,
    found: `${counted(firing.length, 'outgoing webhook')} will fire for the alert groups of a run: ${firing.join(', ')}`,
    advice: 'give them a filter if that reaches people',
  }
}

function requestsFinding(verification: Verification, requests: number): Finding {
  return {
    name: 'requests',
    ok: true,
    found: `this took ${counted(requests, 'request')}; a run takes at most ${requestsBeside(verification)} beside those that it fires`,
  }
}
