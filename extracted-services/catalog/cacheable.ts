import type { Response } from 'express';

/** The monolith says the same of these answers. */
export const cacheable = (response: Response) => response.set('Cache-Control', 'public, max-age=30');
