import { fileURLToPath } from 'node:url'
import { $, fs, path } from 'zx'
import { capacityJsonSchema } from '../lib/capacity/index.ts'
import { comparisonJsonSchema } from '../lib/compare/index.ts'
import { resultJsonSchema } from '../lib/result/index.ts'
import { jsonSchema } from '../lib/spec/index.ts'
import { tuningJsonSchema } from '../lib/tune/index.ts'

/**
 * The published JSON Schemas by file name. They come from the definitions that the readers use, so
 * the two cannot disagree.
 */
export function schemaFiles(): Readonly<Record<string, Record<string, unknown>>> {
  return {
    'spec.schema.json': jsonSchema(),
    'result.schema.json': resultJsonSchema(),
    'comparison.schema.json': comparisonJsonSchema(),
    'capacity.schema.json': capacityJsonSchema(),
    'tuning.schema.json': tuningJsonSchema(),
  }
}

if (import.meta.main) {
  const folder = fileURLToPath(new URL('../schemas/', import.meta.url))
  for (const [name, schema] of Object.entries(schemaFiles())) {
    await fs.outputJson(path.join(folder, name), schema)
  }
  await $({ preferLocal: true, quiet: true })`biome format --write ${folder}`
}
