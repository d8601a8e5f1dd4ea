/** placeholder */ export const x = 1;
