import type { Topic } from './topic.ts';
import { accessTopics } from './topics-access.ts';
import { evidenceTopics } from './topics-evidence.ts';
import { movingTopics } from './topics-moving.ts';

/** In the order in which somebody new reads them. */
export const topics: readonly Topic[] = [...movingTopics, ...evidenceTopics, ...accessTopics];
