import { Outcome } from '../history/history.ts'
import { type Demand, emptyDemand } from './demand.ts'

/** Alerts as they could come to one organization. */
export interface StormTerms {
  /** From midnight (UTC) of some day on. */
  startMs: number
  days: number
  /** One in eight of them is noisy now and then. */
  integrations: number
}

/** A week of one organization with 20 integrations. */
export const exampleStorm: StormTerms = { startMs: Date.UTC(2026, 0, 5), days: 7, integrations: 20 }

const minuteUs = 60_000_000
const dayUs = 1440 * minuteUs

/** What one integration sends: from an instant on, at a mean rate, for some time. */
interface Spell {
  who: number
  fromUs: number
  lastsUs: number
  perMinute: number
}

/**
 * Alerts of an organization, made up: most integrations send one now and then; one in eight flaps on some
 * days, for a minute to half an hour, at 30 to 240 alerts a minute; and on one day a datacentre goes down,
 * so that half of all integrations send up to 32 alerts a minute for 20 minutes, all beginning within a
 * minute. Arrivals are those of Poisson processes. What the alerts met is not known: nobody recorded them.
 * @param random numbers from 0 to 1; the same numbers make the same storm.
 */
export function storm({ startMs, days, integrations }: StormTerms, random: () => number): Demand {
  const spells = [
    ...quietSpells(days, integrations, random),
    ...flapping(days, integrations, random),
    ...outage(days, integrations, random),
  ]
  const lastUs = days * dayUs
  const arrivals = spells.flatMap((spell) => arrivalsOf(spell, lastUs, random))
  arrivals.sort((one, other) => one.atUs - other.atUs || one.who - other.who)
  const descriptors = Array.from({ length: integrations }, (_, who) => ({
    name: `integration ${who + 1}`,
    scopes: { integration: `integration ${who + 1}`, organization: 'one' },
  }))
  const demand = emptyDemand(descriptors, arrivals.length)
  arrivals.forEach(({ atUs, who }, row) => {
    demand.atUs[row] = startMs * 1000 + atUs
    demand.descriptor[row] = who
  })
  demand.cost.fill(1)
  demand.met.fill(Outcome.unknown)
  return demand
}

/** All send something all the time: from an alert in two hours to one in four minutes. */
function quietSpells(days: number, integrations: number, random: () => number): Spell[] {
  return Array.from({ length: integrations }, (_, who) => ({
    who,
    fromUs: 0,
    lastsUs: days * dayUs,
    perMinute: 1 / between(random, 4, 120),
  }))
}

function flapping(days: number, integrations: number, random: () => number): Spell[] {
  const noisy = Math.max(1, Math.floor(integrations / 8))
  return Array.from({ length: days }, (_, day) =>
    Array.from({ length: noisy }, (__, who) => ({ who, times: Math.floor(random() * 4) })).flatMap(
      ({ who, times }) =>
        Array.from({ length: times }, () => ({
          who,
          fromUs: (day + random()) * dayUs,
          lastsUs: between(random, 1, 30) * minuteUs,
          perMinute: between(random, 30, 240),
        })),
    ),
  ).flat()
}

function outage(days: number, integrations: number, random: () => number): Spell[] {
  const fromUs = (Math.floor(days / 2) + between(random, 0.2, 0.8)) * dayUs
  return Array.from({ length: Math.floor(integrations / 2) }, (_, index) => ({
    who: integrations - 1 - index,
    fromUs: fromUs + random() * minuteUs,
    lastsUs: 20 * minuteUs,
    perMinute: between(random, 2, 32),
  }))
}

function arrivalsOf({ who, fromUs, lastsUs, perMinute }: Spell, lastUs: number, random: () => number) {
  const meanUs = minuteUs / perMinute
  const arrivals: { atUs: number; who: number }[] = []
  const endUs = Math.min(lastUs, fromUs + lastsUs)
  for (let at = fromUs; ; ) {
    at += -Math.log(1 - random()) * meanUs
    if (at >= endUs) return arrivals
    arrivals.push({ atUs: Math.floor(at), who })
  }
}

function between(random: () => number, least: number, most: number): number {
  return least + random() * (most - least)
}
