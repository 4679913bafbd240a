import { type Path, type PathMistake, pathKey } from './path.ts'

/** The environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A value with its variables replaced. */
export interface Substituted {
  value: unknown
  mistakes: PathMistake[]
  /** Paths at which a variable is missing, as `pathKey` writes them. */
  missing: Set<string>
}

const reference = /\$\{([^}]*)\}/g
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Replaces `${NAME}` in every text of a value by the variable of that name. One that is not set, or
 * is empty, is a mistake that names it, and the text stays as it is. A replaced text is not looked
 * through again. No mistake shows what a variable holds.
 */
export function withEnvironment(value: unknown, env: Environment): Substituted {
  const mistakes: PathMistake[] = []
  const missing = new Set<string>()

  function inText(text: string, path: Path): string {
    return text.replace(reference, (whole, name: string) => {
      const held = variableName.test(name) && Object.hasOwn(env, name) ? env[name] : undefined
      if (held) return held
      missing.add(pathKey(path))
      mistakes.push(
        variableName.test(name)
          ? {
              path,
              expected: `the environment variable ${name}`,
              found: held === '' ? 'an empty one' : 'none of that name',
              hint: `set it before the run: export ${name}=…`,
            }
          : {
              path,
              expected: `a variable such as \${ONCALL_API_KEY}`,
              found: 'a name that no variable can have',
              hint: 'a name has letters, digits and _ only',
            },
      )
      return whole
    })
  }

  function replaced(here: unknown, path: Path): unknown {
    if (typeof here === 'string') return here.includes('${') ? inText(here, path) : here
    if (Array.isArray(here)) return here.map((item, index) => replaced(item, [...path, index]))
    if (typeof here !== 'object' || here === null) return here
    const map: Record<string, unknown> = Object.create(null)
    for (const [key, item] of Object.entries(here)) map[key] = replaced(item, [...path, key])
    return map
  }

  return { value: replaced(value, []), mistakes, missing }
}

/** The names of the variables that a text refers to. */
export function variablesIn(text: string): string[] {
  return Array.from(text.matchAll(reference), ([, name]) => name as string)
}
