/** The days of users, by team, project and domain. */
export const userDaysTable = 'user_days_v1';
/** Seats bought, assigned and released. */
export const seatChangesTable = 'seat_changes_v1';
/** When users were first seen, and came to what they came for. */
export const userFirstsTable = 'user_firsts_v1';
