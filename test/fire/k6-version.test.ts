import { expect, test } from 'vitest'
import { parseK6Version } from '../../lib/fire/k6/version.ts'

test.each([
  ['k6 v2.2.0 (go1.26.8, linux/amd64)\n', '2.2.0'],
  ['k6 v2.0.0-rc1 (commit/0123abcd, go1.26.8, linux/amd64)\n', '2.0.0-rc1'],
  ['k6 v2.2.0 (go1.26.8, linux/amd64)\nExtensions:\n  example.org/x v1.0.0, k6/x/x [js]\n', '2.2.0'],
  ['k6.exe v2.2.0 (go1.26.8, windows/amd64)\r\n', '2.2.0'],
  // k6 calls itself by the name of its file.
  ['my load tester v2.2.0 (go1.26.8, linux/amd64)\n', '2.2.0'],
  ['Terraform v2.2.0\non linux_amd64\n', undefined],
  ['k6 2.2.0\n', undefined],
  ['usage: k6 v2.2.0 is not what I am\n', undefined],
  ['', undefined],
])('%j is version %s', (text, version) => {
  expect(parseK6Version(text)).toBe(version)
})
