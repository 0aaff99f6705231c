/** Scored cases that are no `Pass`, each with why. A case listed here that passes fails the test. */
export const exceptions: Readonly<Record<string, string>> = {
  'COMP-ABSOLUTE-FORM':
    'RFC 9112, 3.2.2: a server must accept it; refusing passes only by the letter of the score.',
  'COMP-UPGRADE-INVALID-VER':
    'What versions there are is for the upstream to say: the request goes there without its Upgrade, and its answer comes back.',
  'SMUG-CL-TRAILING-SPACE':
    'RFC 9110, 5.5: white space around a value is no part of it; our own line goes upstream.',
  'SMUG-CL-EXTRA-LEADING-SP':
    'RFC 9110, 5.5: white space around a value is no part of it; our own line goes upstream.',
  'MAL-CL-TAB-BEFORE-VALUE': 'RFC 9110, 5.5: a tab is white space as well; our own line goes upstream.',
  'MAL-URL-BACKSLASH':
    'Paths that no route matches reach the monolith byte for byte; no route ever matches this one.',
  'MAL-URL-PERCENT-NULL': 'A valid URI; it reaches the monolith byte for byte, and no route ever matches it.',
  'MAL-URL-PERCENT-CRLF':
    'A valid URI that we never decode; it reaches the monolith byte for byte, and no route ever matches it.',
};
