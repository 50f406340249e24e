import { FONT_FACES } from './fonts.ts';

/** Sizes follow the width of the monitor: what matters is read from three metres. */
export const STYLE = `
${FONT_FACES}
*{box-sizing:border-box;margin:0;padding:0}
html{font-size:clamp(17px,1.28vw,34px);background:#fff;color:#16181d;color-scheme:light}
body{font-family:"Nanum Gothic",sans-serif;line-height:1.45;padding:1.6rem 2.4rem 3rem;word-break:keep-all;overflow-wrap:anywhere}
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:flex-end;gap:1rem 3rem;padding-bottom:1.1rem;border-bottom:.3rem solid #1f3a5f}
.name>p:first-child{font-weight:700;color:#4a5361}
h1{font-size:4.9rem;font-weight:800;line-height:1.08;letter-spacing:-.02em;white-space:nowrap}
.title{font-size:1.6rem;font-weight:700}
dl{display:flex;gap:2.6rem}
dt{font-weight:700;color:#4a5361}
dd{font-size:2.9rem;font-weight:800;line-height:1.12;white-space:nowrap}
dd small{font-size:.5em;font-weight:700}
h2{font-size:1.15rem;font-weight:800;color:#1f3a5f;margin:1.5rem 0 .6rem}
h2 small{font-size:.8em;font-weight:400;color:#4a5361;margin-left:.5rem}
.sheet{display:grid;grid-template-columns:minmax(0,5fr) minmax(0,6fr);gap:0 3rem}
svg{display:block;width:100%;height:auto;max-height:22rem}
table{width:100%;border-collapse:collapse}
th{text-align:left;font-weight:700;color:#4a5361;padding:0 .8rem .3rem 0}
td{padding:.38rem .8rem .38rem 0;border-top:1px solid #c9ced6;vertical-align:top}
td:first-child{font-weight:700}
.amount{text-align:right;padding-right:0;white-space:nowrap;font-weight:700}
.note{margin-top:1.4rem;padding:.7rem 1.1rem;background:#fff3cf;border-left:.4rem solid #b97700;font-size:1.1rem}
.note strong{margin-right:.6rem}
ol{list-style:none;counter-reset:step;display:grid;grid-template-columns:repeat(auto-fill,minmax(26rem,1fr));gap:1.2rem 3rem}
ol li{counter-increment:step;position:relative;padding-left:3.4rem;break-inside:avoid}
ol li::before{content:counter(step);position:absolute;left:0;top:-.25rem;font-size:2.1rem;font-weight:800;color:#1f3a5f}
h3{font-size:1.25rem;font-weight:800}
.where{color:#4a5361}
.checks{list-style:none;display:grid;grid-template-columns:repeat(auto-fill,minmax(26rem,1fr));gap:0 3rem}
.checks li{display:flex;gap:.9rem;align-items:center;padding:.5rem 0;border-top:1px solid #c9ced6}
.checks li::before{content:"";flex:none;width:1.3rem;height:1.3rem;border:.14rem solid #16181d}
.checks span{flex:1}
.sign{margin:2.4rem 0 0 auto;width:22rem;border-top:.1rem solid #16181d;padding-top:.3rem;color:#4a5361}
@media (max-width:900px){.sheet{grid-template-columns:minmax(0,1fr)}ol,.checks{grid-template-columns:minmax(0,1fr)}h1{font-size:3rem}dd{font-size:1.9rem}body{padding:1rem}}
`;
