import type { MutationReport } from './score.ts'

interface Position {
  line: number
  column: number
}

/** A change of a file, as a mutation-testing report tells it (its schema's version 2): lines and columns count from 1. */
export interface Mutant {
  file: string
  mutatorName: string
  replacement?: string
  location: { start: Position; end: Position }
}

/** Those of a report that were not set aside as if they did not compile. */
export function mutantsDrawn({ files }: MutationReport<Omit<Mutant, 'file'>>): Mutant[] {
  return Object.entries(files).flatMap(([file, { mutants }]) =>
    mutants.filter(({ status }) => status !== 'CompileError').map((mutant) => ({ ...mutant, file })),
  )
}

/** What tells a mutant from all others of the same code. */
export function nameOf({ file, mutatorName, replacement, location: { start, end } }: Mutant): string {
  return `${file}:${start.line}:${start.column}-${end.line}:${end.column} ${mutatorName} ${replacement}`
}

/** The code of a mutant as Stryker takes what is to be mutated: lines count from 1, and columns from 0. */
export function rangeOf({ file, location: { start, end } }: Mutant): string {
  return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`
}
