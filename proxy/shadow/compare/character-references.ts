const xmlEntities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Those that pages really have; any other stays as it is written, and is the same where both sides write it. */
const htmlEntities: ReadonlyMap<string, string> = new Map([
  ...xmlEntities,
  ...(
    'nbsp 160,iexcl 161,cent 162,pound 163,yen 165,sect 167,copy 169,laquo 171,shy 173,reg 174,deg 176,plusmn 177,' +
    'sup2 178,sup3 179,micro 181,para 182,middot 183,raquo 187,frac14 188,frac12 189,iquest 191,Agrave 192,Aacute 193,' +
    'Acirc 194,Atilde 195,Auml 196,Aring 197,AElig 198,Ccedil 199,Egrave 200,Eacute 201,Ecirc 202,Euml 203,Igrave 204,' +
    'Iacute 205,Ntilde 209,Oacute 211,Ocirc 212,Ouml 214,times 215,Oslash 216,Uacute 218,Uuml 220,szlig 223,agrave 224,' +
    'aacute 225,acirc 226,atilde 227,auml 228,aring 229,aelig 230,ccedil 231,egrave 232,eacute 233,ecirc 234,euml 235,' +
    'igrave 236,iacute 237,icirc 238,iuml 239,ntilde 241,ograve 242,oacute 243,ocirc 244,otilde 245,ouml 246,divide 247,' +
    'oslash 248,ugrave 249,uacute 250,ucirc 251,uuml 252,OElig 338,oelig 339,ndash 8211,mdash 8212,lsquo 8216,rsquo 8217,' +
    'sbquo 8218,ldquo 8220,rdquo 8221,bdquo 8222,bull 8226,hellip 8230,prime 8242,lsaquo 8249,rsaquo 8250,euro 8364,' +
    'trade 8482,larr 8592,uarr 8593,rarr 8594,darr 8595,minus 8722,le 8804,ge 8805,ne 8800'
  )
    .split(',')
    .map((entry) => {
      const [name = '', code] = entry.split(' ');
      return [name, String.fromCodePoint(Number(code))] as const;
    }),
]);

/** What `&#233;`, `&#xe9;` or `&eacute;` stands for; undefined where it stands for nothing. */
export function readCharacterReference(reference: string, language: 'xml' | 'html'): string | undefined {
  if (!reference.endsWith(';')) return undefined;
  const name = reference.slice(1, -1);
  const number = /^#(?:(\d{1,7})|[xX]([0-9a-fA-F]{1,6}))$/.exec(name);
  if (number === null) return (language === 'xml' ? xmlEntities : htmlEntities).get(name);
  const code = number[1] === undefined ? Number.parseInt(number[2]!, 16) : Number(number[1]);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
