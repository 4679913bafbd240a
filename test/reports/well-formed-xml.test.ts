import { expect, it } from 'vitest'
import { xmlElements } from './well-formed-xml.ts'

it('hands on elements and attributes as they were meant', () => {
  expect(xmlElements('<a x="1 &lt; 2&#10;"><b/>text &amp; more</a>\n')).toEqual([
    { name: 'a', attributes: { x: '1 < 2\n' } },
    { name: 'b', attributes: {} },
  ])
})

it.each([
  '<a>',
  '<a></b>',
  '<a/><b/>',
  'x<a/>',
  '<a x="<"/>',
  '<a x="1" x="2"/>',
  '<a>&</a>',
  '<a>&nbsp;</a>',
  '<a>\u0000</a>',
  '<a x=1/>',
  '<a>1 < 2</a>',
  '',
])('takes no document that is not well-formed: %j', (xml) => {
  expect(() => xmlElements(xml)).toThrow()
})
