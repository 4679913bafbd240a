import { counted } from '../../../reports/terminal/index.ts'
import {
  createOncall,
  type NamedIntegration,
  type OncallProblem,
  type Result,
  type Who,
} from '../../oncall/index.ts'
import type { Finding } from '../finding.ts'
import { integrationsNeeded } from './named-integrations.ts'
import { requestsBeside } from './requests-beside.ts'
import type { Verification } from './verification.ts'

/**
 * Looks at all that a run would use of a target, and changes nothing: does each key work, and whose is
 * it; which integrations would be used, and does each lead nowhere; how much of the key's limit all
 * that takes. It ends with the first key that does not work.
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
  const clientOf = (key: string, descriptor: string) =>
    createOncall({
      url,
      ingestUrl,
      stackUrl,
      apiKey: key,
      descriptor,
      onRequest: () => {
        requests++
      },
    })
  const tested = clientOf(apiKey, 'K')
  const setup = setupKey === undefined ? tested : clientOf(setupKey, 'S')

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
  const named = verification.spec.target?.integrations
  const needed = integrationsNeeded(verification.plan)
  if (named) {
    const read = await setup.readNamed(named.slice(0, needed))
    if (!read.ok) return [...findings, { ...problemFinding('integrations', read.problem) }]
    findings.push(...read.value.flatMap(integrationFindings))
  } else if (needed > 0) findings.push(ownFinding(verification, needed))
  findings.push(webhooksFinding(await setup.readWebhooks(named ?? [])))
  return [...findings, requestsFinding(verification, requests)]
}

function whoText({ username, role, teams }: Who): string {
  const said = [...(role ? [role] : []), ...(teams.length > 0 ? [`of team ${teams.join(', ')}`] : [])]
  return said.length > 0 ? `${username} (${said.join(', ')})` : username
}

function problemFinding(name: string, { kind, sentence }: OncallProblem): Finding {
  return { name, ok: false, found: sentence, mistake: kind === 'unusable' || kind === 'loud' }
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
