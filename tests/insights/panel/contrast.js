() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const read = (color) => { canvas.clearRect(0,0,1,1); canvas.fillStyle = color; canvas.fillRect(0,0,1,1); return [...canvas.getImageData(0,0,1,1).data]; };
  const over = (top, under) => { const a = top[3]/255; return [0,1,2].map(i => top[i]*a + under[i]*(1-a)); };
  const ground = (element) => { const layers=[]; for (let e=element; e; e=e.parentElement) { const c=read(getComputedStyle(e).backgroundColor); if (c[3]) layers.push(c); if (c[3]===255) break; } let made=[255,255,255]; for (const c of layers.reverse()) made=over(c, made); return made; };
  const light = (rgb) => { const [r,g,b]=rgb.map(v=>{v/=255; return v<=0.04045? v/12.92 : ((v+0.055)/1.055)**2.4;}); return 0.2126*r+0.7152*g+0.0722*b; };
  const found = [];
  const walk = document.createTreeWalker(document.querySelector(".ins"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text=walk.currentNode, element=text.parentElement;
    if (!text.textContent.trim() || element.closest("svg, script, style, option, select, [aria-hidden=true], .ins-sr")) continue;
    const style=getComputedStyle(element);
    if (style.visibility==="hidden" || !element.getClientRects().length) continue;
    const back=ground(element), front=over(read(style.color), back);
    const [a,b]=[light(front),light(back)].sort((x,y)=>y-x), ratio=(a+0.05)/(b+0.05);
    const size=parseFloat(style.fontSize), large = size>=24 || (size>=18.66 && parseInt(style.fontWeight)>=700);
    if (ratio < (large?3:4.5)) found.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className} "${text.textContent.trim().slice(0,30)}"`);
  }
  return [...new Set(found)];
}
