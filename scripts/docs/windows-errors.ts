import type { ErrorCode } from '../../src/domain/errors/errors.ts';

/**
 * What Windows, its directory and PowerShell say when a script fails, and the code that this becomes. The scripts decide
 * it (`Get-OperationErrorCode` in `prelude/errors.ps1`, `Stop-Failed` in `prelude/services.ps1`); a test makes each of
 * these errors in the engine and holds the scripts to the table, and docs/errors.md is made of it. What a code means,
 * what to do, and whether it is tried again is in `error-kinds.ts`. Where two rows fit, the upper one counts.
 *
 * Numbers and names are those of MS-ERREF 2.1 and 2.2.
 */
export interface WindowsError {
  /** A Win32 error, an HRESULT, a FullyQualifiedErrorId of PowerShell, an ErrorCategory, or words of a DC's diagnostic. */
  kind: 'win32' | 'hresult' | 'id' | 'category' | 'diagnostic';
  /** As PowerShell writes it; for an id its beginning. */
  value: string;
  /** Its symbolic name, or what it is about. */
  name: string;
  /** Only where it is said by the service manager, or by the module of Active Directory; absent for everywhere. */
  of?: 'service' | 'directory';
  code: ErrorCode;
}

export const windowsErrors: readonly WindowsError[] = [
  {
    kind: 'id',
    value: 'CommandNotFoundException',
    name: 'a cmdlet',
    of: 'directory',
    code: 'CMDLET_MISSING',
  },
  {
    kind: 'id',
    value: 'CouldNotAutoloadMatchingModule',
    name: 'the module of a cmdlet',
    of: 'directory',
    code: 'CMDLET_MISSING',
  },
  {
    kind: 'id',
    value: 'NamedParameterNotFound',
    name: 'a parameter of a cmdlet',
    of: 'directory',
    code: 'CMDLET_MISSING',
  },
  {
    kind: 'diagnostic',
    value: 'UNABLE_TO_PROCEED',
    name: 'of the domain controller',
    code: 'UNABLE_TO_PROCEED',
  },
  { kind: 'diagnostic', value: '00002035', name: 'ERROR_DS_UNWILLING_TO_PERFORM', code: 'UNABLE_TO_PROCEED' },
  { kind: 'diagnostic', value: 'problem 5005', name: 'of the domain controller', code: 'UNABLE_TO_PROCEED' },
  { kind: 'win32', value: '5', name: 'ERROR_ACCESS_DENIED', code: 'ACCESS_DENIED' },
  { kind: 'win32', value: '1314', name: 'ERROR_PRIVILEGE_NOT_HELD', code: 'ACCESS_DENIED' },
  { kind: 'win32', value: '8344', name: 'ERROR_DS_INSUFF_ACCESS_RIGHTS', code: 'ACCESS_DENIED' },
  { kind: 'hresult', value: '0x80070005', name: 'E_ACCESSDENIED', code: 'ACCESS_DENIED' },
  { kind: 'hresult', value: '0x80041003', name: 'WBEM_E_ACCESS_DENIED', code: 'ACCESS_DENIED' },
  { kind: 'category', value: 'PermissionDenied', name: 'any error of it', code: 'ACCESS_DENIED' },
  { kind: 'category', value: 'SecurityError', name: 'any error of it', code: 'ACCESS_DENIED' },
  { kind: 'win32', value: '1722', name: 'RPC_S_SERVER_UNAVAILABLE', code: 'RPC_UNAVAILABLE' },
  { kind: 'win32', value: '1727', name: 'RPC_S_CALL_FAILED_DNE', code: 'RPC_UNAVAILABLE' },
  { kind: 'win32', value: '1753', name: 'EPT_S_NOT_REGISTERED', code: 'RPC_UNAVAILABLE' },
  { kind: 'win32', value: '1355', name: 'ERROR_NO_SUCH_DOMAIN', code: 'RPC_UNAVAILABLE' },
  { kind: 'hresult', value: '0x800706ba', name: 'RPC_S_SERVER_UNAVAILABLE', code: 'RPC_UNAVAILABLE' },
  {
    kind: 'category',
    value: 'ResourceUnavailable',
    name: 'any error of it',
    of: 'directory',
    code: 'RPC_UNAVAILABLE',
  },
  {
    kind: 'category',
    value: 'ResourceExists',
    name: 'any error of it',
    of: 'directory',
    code: 'DMSA_NAME_TAKEN',
  },
  { kind: 'win32', value: '87', name: 'ERROR_INVALID_PARAMETER', of: 'directory', code: 'INVALID_PARAMETER' },
  { kind: 'win32', value: '1058', name: 'ERROR_SERVICE_DISABLED', of: 'service', code: 'SERVICE_DISABLED' },
  {
    kind: 'win32',
    value: '1068',
    name: 'ERROR_SERVICE_DEPENDENCY_FAIL',
    of: 'service',
    code: 'SERVICE_DEPENDENCY_FAILED',
  },
  {
    kind: 'win32',
    value: '1069',
    name: 'ERROR_SERVICE_LOGON_FAILED',
    of: 'service',
    code: 'SERVICE_LOGON_FAILED',
  },
  {
    kind: 'win32',
    value: '1297',
    name: 'ERROR_INCOMPATIBLE_SERVICE_PRIVILEGE',
    of: 'service',
    code: 'SERVICE_LOGON_FAILED',
  },
  {
    kind: 'win32',
    value: '1053',
    name: 'ERROR_SERVICE_REQUEST_TIMEOUT',
    of: 'service',
    code: 'SERVICE_START_FAILED',
  },
  {
    kind: 'win32',
    value: '1056',
    name: 'ERROR_SERVICE_ALREADY_RUNNING, until the time is up',
    of: 'service',
    code: 'SERVICE_BUSY',
  },
  {
    kind: 'win32',
    value: '1061',
    name: 'ERROR_SERVICE_CANNOT_ACCEPT_CTRL (0x80070425), until the time is up',
    of: 'service',
    code: 'SERVICE_BUSY',
  },
];
