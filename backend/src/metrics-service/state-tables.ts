/** The days of users, by team, project and domain. */
export const userDaysTable = 'user_days_v1';
/** Seats bought, assigned and released. */
export const seatChangesTable = 'seat_changes_v1';
