import type { ErrorCode } from 'yaml'
import type { PathMistake } from './path.ts'

type SyntaxMistake = Pick<PathMistake, 'expected' | 'found' | 'hint'>

const quote = 'put the text in quotes'

/**
 * An error of the YAML parser in our words. The parser's own may quote the text, and the text may
 * be a secret.
 */
export function syntaxMistake(code: ErrorCode, text: string, offset: number): SyntaxMistake {
  if (code === 'BAD_INDENT' && text.slice(offset).trim() === '') {
    return { expected: 'every { and [ closed', found: 'the end of the file' }
  }
  const mistake = byCode(code)
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const lineEnd = text.indexOf('\n', offset)
  const line = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd)
  if (/[{,]\s*\w+\s*:\s*\$\{|[[,]\s*\$\{/.test(line)) {
    return { ...mistake, hint: `within { } or [ ], put a variable in quotes: "\${NAME}"` }
  }
  return mistake
}

function byCode(code: ErrorCode): SyntaxMistake {
  switch (code) {
    case 'TAB_AS_INDENT':
      return { expected: 'spaces before the key', found: 'a tab', hint: 'indent by two spaces' }
    case 'BAD_INDENT':
      return {
        expected: 'keys of one map in one column, and every bracket closed',
        found: 'another indentation',
        hint: 'indent by two spaces, and close every { and [',
      }
    case 'MISSING_CHAR':
      return { expected: 'a closing quote, or a colon after a key', found: 'none' }
    case 'BAD_SCALAR_START':
      return { expected: 'a text', found: 'a character that cannot begin one', hint: quote }
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        expected: 'one key and one value',
        found: 'a second colon',
        hint: `${quote} that has a colon in it`,
      }
    case 'MULTILINE_IMPLICIT_KEY':
      return { expected: 'a key and a colon on one line', found: 'a line without a colon' }
    case 'KEY_OVER_1024_CHARS':
      return { expected: 'a short key', found: 'one of more than 1024 characters' }
    case 'BAD_DQ_ESCAPE':
      return {
        expected: 'an escape such as \\n or \\"',
        found: 'another after a backslash',
        hint: 'use single quotes for a text with backslashes',
      }
    case 'MULTIPLE_DOCS':
      return { expected: 'one document', found: 'a second one', hint: 'remove the line ---' }
    case 'TAG_RESOLVE_FAILED':
      return { expected: 'a plain value', found: 'a tag (!)', hint: `${quote} that begins with !` }
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
      return { expected: 'a plain value', found: 'an alias (*)', hint: `${quote} that begins with *` }
    case 'MULTIPLE_ANCHORS':
      return {
        expected: 'a plain value',
        found: 'more than one anchor (&)',
        hint: `${quote} that begins with &`,
      }
    case 'BAD_DIRECTIVE':
      return { expected: 'a plain value', found: 'a directive (%)', hint: `${quote} that begins with %` }
    case 'BLOCK_IN_FLOW':
      return { expected: 'values separated by commas', found: 'a list or map in lines within { } or [ ]' }
    case 'UNEXPECTED_TOKEN':
      return {
        expected: 'the end of the value',
        found: 'something after it',
        hint: `${quote} that has brackets, braces or quotes in it`,
      }
    default:
      return { expected: 'YAML', found: 'something else', hint: 'an editor that knows YAML shows what' }
  }
}
