import { ApiError } from '@ficus/service-kit';

/** The monolith's words, which clients show to people. */
export const invalidParameter = (name: string) => new ApiError(400, `Parameter ${name} is invalid`);
export const invalidField = (name: string) => new ApiError(400, `Field ${name} is invalid`);
