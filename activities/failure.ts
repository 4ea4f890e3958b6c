import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { SystemError } from './system-error.ts';
import { TurnLater } from './turns.ts';

/**
 * The one place where errors become failures of activities. What a failure says stands in the workflow's history for all who may
 * look: a system's error is written for people; any other is a fault of ours, of which only the log tells more.
 */
export function toFailure(error: unknown, activity: string): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof SystemError || error instanceof TurnLater) {
    return ApplicationFailure.create({ message: error.message, type: error.name, category: ApplicationFailureCategory.BENIGN });
  }
  return ApplicationFailure.create({
    message: `a fault in Deskbridge, see the log of its worker [activity=${activity}]`,
    type: 'Fault',
  });
}
