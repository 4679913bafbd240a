/**
 * What the plots look like, in the colours that all pages share. On narrow screens they scroll, and begin at their
 * right end: what matters is there, at the highest rates.
 */
export const plotStyle = `
figure{margin:0 0 12px;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:6px}
figure svg{display:block;width:100%;height:auto}
figure figcaption{display:none}
figure text{font:12px system-ui,sans-serif;fill:var(--faint)}
figure text.title{font-weight:600;fill:var(--ink)}
figure .grid{stroke:var(--grid)}
figure .met{fill:var(--pass-back)}
figure .open{fill:var(--inconclusive-back)}
figure .missed{fill:var(--fail-back)}
figure .bound{stroke:var(--fail);stroke-dasharray:6 4;stroke-width:1.5}
figure text.bound-words{fill:var(--fail)}
figure polyline{fill:none;stroke-width:2}
figure .bar{stroke-width:1.5;opacity:.6}
figure .first polyline,figure .first .bar{stroke:var(--accepted)}
figure .first circle,figure .first text{fill:var(--accepted)}
figure .second polyline,figure .second .bar{stroke:var(--unknown)}
figure .second circle,figure .second text{fill:var(--unknown)}
figure .third polyline,figure .third .bar{stroke:var(--limited)}
figure .third circle,figure .third text{fill:var(--limited)}
.answer{border-left:4px solid var(--inconclusive);background:var(--panel);padding:10px 14px;margin:12px 0}
.answer.pass{border-color:var(--pass)}
.answer.fail{border-color:var(--fail)}
.answer .lead{font-size:18px;font-weight:600;margin:0}
@media(max-width:700px){
figure{overflow-x:auto;direction:rtl}
figure svg{width:760px;direction:ltr}
figure text.title{display:none}
figure figcaption{display:block;direction:ltr;font-size:14px;font-weight:600}
td.prose{min-width:22em}
}
`
