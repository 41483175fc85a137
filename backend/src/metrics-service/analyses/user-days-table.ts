/** The days of users, by team, project and domain. */
export const userDaysTable = 'user_days_v1';
