import { everyGrant, everyStatementByHand } from '../../src/databases/by-hand/every-statement';
import { everyRestoreStatement, everyStatement } from '../../src/databases/every-statement';
import { run } from './stage';

test('every statement is printed without any setting, as a script that says what each is for', async () => {
  const { code, stdout, stderr } = await run({}, ['print-sql']);
  expect([code, stderr]).toEqual([0, '']);
  const listed = [...everyStatement(), ...everyRestoreStatement(), ...everyGrant('hubkeep'), ...everyStatementByHand()];
  for (const { name, purpose, statement } of listed) {
    expect(stdout).toContain(`-- ${name}: ${purpose}\n`);
    expect(stdout).toContain(statement);
  }
  expect(stdout).toContain("DECLARE @database nvarchar(4000) = N'appservice_hosting';\n");
});

test('--json gives the statements and the grants in one document', async () => {
  const { code, json } = await run({}, ['print-sql', '--json']);
  expect(code).toBe(0);
  expect(json()).toEqual(
    JSON.parse(
      JSON.stringify({
        ...{ statements: everyStatement(), restores: everyRestoreStatement() },
        ...{ grants: everyGrant('hubkeep'), byHand: everyStatementByHand() },
      }),
    ),
  );
});
