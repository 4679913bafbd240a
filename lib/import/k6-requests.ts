import type { Until } from './format.ts'
import type { PartBuilder } from './part.ts'
import { repeated } from './repeated.ts'

/** What the points of one request have in common. */
export interface K6Tags {
  /** Its descriptor, or -1. */
  descriptor: number
  /** 0 without a response; NaN where the tag is missing. */
  status: number
  /** May the transport have sent it more than once? */
  repeatable: boolean
}

/** Puts the points of k6's requests together. */
export interface K6Requests {
  /**
   * A request begins, with its `http_reqs`. `tags` are equal for equal requests only if they are the same
   * object. Its end lies in `[endNs, endNs + resolutionNs)`.
   */
  begin(line: number, endNs: number, tags: K6Tags, resolutionNs?: number): void
  /** Its `http_req_duration`, in milliseconds. */
  duration(line: number, endNs: number, tags: K6Tags, valueMs: number): void
  /** Its `http_req_receiving`, in milliseconds, with which it is whole. */
  receiving(line: number, endNs: number, tags: K6Tags, valueMs: number): void
  /** @param last nothing follows: a request that is not whole is cut off, and no mistake. */
  finish(last: boolean): void
}

/** A request of which a tool does not know when it was sent was sent no longer ago than k6 waits by default. */
export const longestNs = 60e9

/**
 * Makes what puts points together, which k6 writes one after another: `http_reqs`, `http_req_duration`
 * and `http_req_receiving`, with one time, that of the last byte, and the same tags. The duration is
 * sending, waiting and receiving, so that it reaches back to when the request was sent.
 */
export function createK6Requests(builder: PartBuilder, until: Until): K6Requests {
  let begun = 0
  let durationNs = -1
  let endNs = 0
  let resolutionNs = 0
  let tags: K6Tags | undefined

  function refuse(line: number, expected: string, found: string, hint?: string): void {
    builder.refuse({ line, column: 1, expected, found, hint })
  }

  function abandon(): void {
    if (begun > 0)
      refuse(begun, 'http_req_duration and http_req_receiving after http_reqs', 'another request')
    begun = 0
    durationNs = -1
  }

  return {
    begin(line, atNs, itsTags, itsResolutionNs = 0) {
      abandon()
      begun = line
      endNs = atNs
      resolutionNs = itsResolutionNs
      tags = itsTags
    },
    duration(line, atNs, itsTags, valueMs) {
      if (begun === 0 || durationNs >= 0 || atNs !== endNs || itsTags !== tags || !(valueMs >= 0)) {
        refuse(line, 'a duration of the request whose http_reqs stands before', 'one of another request')
        return
      }
      durationNs = Math.round(valueMs * 1e6)
    },
    receiving(line, atNs, itsTags, valueMs) {
      const receivingNs = Math.round(valueMs * 1e6)
      if (
        durationNs < 0 ||
        atNs !== endNs ||
        itsTags !== tags ||
        !(receivingNs >= 0 && receivingNs <= durationNs)
      ) {
        refuse(line, 'http_req_receiving of the request that stands before', 'one of another request')
        return
      }
      const { descriptor, status, repeatable } = itsTags
      if (Number.isNaN(status)) {
        refuse(begun, 'a tag "status"', 'none', 'leave it among the systemTags of the script')
      } else {
        // Without a time for sending and waiting, k6 has missed the instant at which it was sent: an answer
        // that came before the body was written, or a connection that failed.
        const sentKnown = durationNs > receivingNs
        if (descriptor >= 0 && !sentKnown) builder.part.sentUnknown++
        if (descriptor >= 0 && repeatable) builder.part.repeatable++
        const tookNs = sentKnown ? durationNs : longestNs
        const latestEndNs = endNs + resolutionNs
        builder.add({
          line: begun,
          descriptor,
          sentNs: endNs - tookNs,
          receivedNs: status === 0 || until === 'end' ? latestEndNs : latestEndNs - receivingNs,
          endNs,
          status,
        })
      }
      begun = 0
      durationNs = -1
    },
    finish(last) {
      if (last && begun > 0) builder.part.cutOff = true
      else abandon()
      begun = 0
    },
  }
}

/** What matters of the tags of a request. */
export function k6Tags(
  builder: PartBuilder,
  field: (name: string) => string | undefined,
  names: Iterable<string>,
): K6Tags {
  const status = field('status') ?? ''
  return {
    descriptor: builder.descriptorOf({ field, url: field('url') ?? field('name') }, names),
    status: /^(0|[1-9]\d\d)$/.test(status) ? Number(status) : Number.NaN,
    repeatable: repeated.has(field('method') ?? 'GET'),
  }
}
