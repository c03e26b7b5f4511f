export const [fin01, fin02, fin03] = ['fin01.lab.example', 'fin02.lab.example', 'fin03.lab.example'] as const;
