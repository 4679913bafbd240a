import { csvColumns, csvFields } from './csv-line.ts'
import type { Until } from './format.ts'
import { createInstants, type Instant } from './instant.ts'
import { createK6Requests, type K6Tags, k6Tags } from './k6-requests.ts'
import type { PartBuilder } from './part.ts'
import type { RecordingReader } from './recording-reader.ts'
import { readTextLines, UnusableLine } from './text-lines.ts'

const needed = ['metric_name', 'timestamp', 'metric_value', 'status']

/**
 * Reads what `k6 run --out csv` writes: a header, then a line a point, those of one request one after
 * another. By default k6 stamps whole seconds: the request may then have ended up to a second later.
 * Tags of the script stand in `extra_tags`, as `a=b&c=d`.
 */
export function createK6CsvReader(builder: PartBuilder, until: Until): RecordingReader {
  const requests = createK6Requests(builder, until)
  const instants = createInstants(builder.part)
  let columns: Map<string, number> | undefined
  const columnOf = (name: string) => columns?.get(name) ?? -1
  let lastKey = ''
  let lastTags: K6Tags | undefined

  /** Equal tags of points that follow one another are the same object, as those of one request have to be. */
  function tagsOf(fields: readonly string[]): K6Tags {
    const extraAt = columnOf('extra_tags')
    // k6 writes the tags of a script in any order, and of one request in several.
    const key = fields
      .flatMap((field, index) => {
        if (ofPoint.has(index)) return []
        return index === extraAt ? field.split('&').sort().join('&') : field
      })
      .join('\n')
    if (lastTags !== undefined && key === lastKey) return lastTags
    const extra = extraTags(fields[extraAt] ?? '')
    const field = (name: string) => {
      const own = columns?.get(name)
      return (own === undefined ? undefined : fields[own]) || extra.get(name)
    }
    lastKey = key
    lastTags = k6Tags(builder, field, [
      ...[...(columns?.keys() ?? [])].filter((name) => field(name)),
      ...extra.keys(),
    ])
    return lastTags
  }
  let ofPoint = new Set<number>()

  function take(text: string, line: number): void {
    if (columns === undefined) {
      columns = csvColumns(text, needed, 'what k6 run --out csv writes')
      ofPoint = new Set(['metric_name', 'timestamp', 'metric_value'].map(columnOf))
      return
    }
    const fields = csvFields(text)
    if (fields.length !== columns.size)
      throw new UnusableLine(`${columns.size} fields, as the header has`, `${fields.length}`)
    const instant = instantOf(fields)
    const value = Number(fields[columnOf('metric_value')] || Number.NaN)
    if (Number.isNaN(value))
      throw new UnusableLine('a number as metric_value', fields[columnOf('metric_value')])
    switch (fields[columnOf('metric_name')]) {
      case 'http_reqs':
        requests.begin(line, instant.ns, tagsOf(fields), instant.resolutionNs)
        break
      case 'http_req_duration':
        requests.duration(line, instant.ns, tagsOf(fields), value)
        break
      case 'http_req_receiving':
        requests.receiving(line, instant.ns, tagsOf(fields), value)
    }
  }

  function instantOf(fields: readonly string[]): Instant {
    const text = fields[columnOf('timestamp')] as string
    const instant = instants.read(text)
    if (instant) return instant
    throw new UnusableLine('a Unix time or one of RFC 3339 as timestamp', text)
  }

  return readTextLines(builder, take, { finish: (last) => requests.finish(last) })
}

/** `a=b&c=d`. k6 escapes nothing: a value with an ampersand cannot be told from several tags. */
function extraTags(text: string): Map<string, string> {
  const tags = new Map<string, string>()
  for (const tag of text === '' ? [] : text.split('&')) {
    const equals = tag.indexOf('=')
    const name = tag.slice(0, Math.max(0, equals))
    if (name === '' || tags.has(name))
      throw new UnusableLine('tags as a=b&c=d, with no & within', text, {
        hint: 'k6 run --out json keeps such tags apart',
      })
    tags.set(name, tag.slice(equals + 1))
  }
  return tags
}
