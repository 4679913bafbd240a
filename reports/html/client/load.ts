import type { ReportModel } from '../model.ts'
import { type Rows, unpackRows } from '../rows.ts'

/** What the page draws from: the model is in one element as JSON, the rows in another, packed. */
export async function loadReport(): Promise<{ model: ReportModel; rows: Rows }> {
  const model = JSON.parse(textOf('model')) as ReportModel
  const packed = document.getElementById('rows')
  const bytes = await inflated(bytesOf(packed?.textContent ?? ''))
  // The text is as large as all the rest together, and is not needed any more.
  packed?.remove()
  return { model, rows: unpackRows({ ...model.rows, bytes }) }
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? ''
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const decode = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> })
    .fromBase64
  if (decode) return decode.call(Uint8Array, base64)
  // Browsers of before 2025.
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
