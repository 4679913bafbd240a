import type { Said } from '../answer.ts'
import type { QuestionId } from '../questions.ts'
import type { Site } from '../site.ts'

/** What an experiment uses up at most. */
export interface Cost {
  /** Requests with the tested key. */
  apiRequests: number
  /** Requests to integrations. */
  alerts: number
  /** How long it takes, waiting for windows included, if each request takes a tenth of a second. */
  ms: number
}

/** An integration that an experiment needs. */
export interface NeededIntegration {
  descriptor: string
  type: 'formatted_webhook' | 'alertmanager'
  /** Is it made by the experiment itself, on its way, instead of before all of them? */
  onTheWay?: true
  /** Is it one of the other organization's, made with its key? */
  inOtherOrganization?: true
}

/** So many that a list of them has a few pages. */
export const listed: readonly NeededIntegration[] = ['A', 'B', 'C', 'D', 'E'].map((descriptor) => ({
  descriptor,
  type: 'formatted_webhook',
}))

/** Some questions that are answered together, by the same requests. */
export interface Experiment {
  /** In a few words, for the plan. */
  name: string
  answers: readonly QuestionId[]
  /** Experiments of one track disturb each other, and follow one another. */
  track: 'api' | 'alerts'
  integrations(site: Pick<Site, 'limits'>, asked: ReadonlySet<QuestionId>): readonly NeededIntegration[]
  /** The shared limit that it fills, so that others are refused meanwhile. */
  fills?: 'apiKey' | 'organization'
  /** Why it cannot be done with these limits and keys, if so. */
  obstacle(site: Pick<Site, 'limits' | 'otherKeys'>, question: QuestionId): string | undefined
  cost(site: Pick<Site, 'limits' | 'otherKeys'>, asked: ReadonlySet<QuestionId>): Cost
  /** Does it. What it does not answer, it could not be asked. */
  run(site: Site, asked: ReadonlySet<QuestionId>): Promise<Map<QuestionId, Said>>
}

/** How long a request is taken to take, where nothing is known yet. */
export const assumedMs = 100
