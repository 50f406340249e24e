import { CALL_ADMIN, SCAN_AGAIN, TRY_LATER } from './actions.ts';
import { type ErrorEntry, entry } from './entry.ts';

/** Commands and screens. */
export const COMMAND_ERRORS = {
  COMMAND_NOT_FOUND: entry(
    404,
    false,
    { ko: '명령을 찾을 수 없습니다.', en: 'The command was not found.' },
    SCAN_AGAIN,
  ),
  COMMAND_NOT_CANCELLABLE: entry(
    409,
    false,
    {
      ko: '이미 실행 중이거나 끝난 명령은 취소할 수 없습니다.',
      en: 'A command that is under way or ended cannot be cancelled.',
    },
    { ko: '새 명령을 보내세요.', en: 'Send a new command instead.' },
  ),
  COMMAND_EXPIRED: entry(
    410,
    false,
    { ko: '명령의 유효 시간이 지났습니다.', en: 'The command was not delivered in time.' },
    SCAN_AGAIN,
  ),
  SCREEN_NOT_FOUND: entry(
    404,
    false,
    { ko: '화면을 찾을 수 없습니다.', en: 'The screen was not found.' },
    { ko: '화면 번호를 확인하세요.', en: 'Check the screen id.' },
  ),
  CONNECTION_REPLACED: entry(
    409,
    true,
    {
      ko: '이 화면의 다른 연결이 이 연결을 대신했습니다.',
      en: 'Another connection of the same device has replaced this one.',
    },
    TRY_LATER,
  ),
  SCREEN_TAKEN_OVER: entry(
    409,
    false,
    {
      ko: '같은 화면이 다른 곳에서 연결되었습니다.',
      en: 'The same screen connected from somewhere else.',
    },
    {
      ko: '이 스테이션을 계속 쓰려면 다시 페어링하세요.',
      en: 'Pair this station again if it is the one to use.',
    },
  ),
  RECEIPT_TIMEOUT: entry(
    504,
    true,
    { ko: '화면이 명령을 받지 않았습니다.', en: 'The screen did not confirm receipt in time.' },
    TRY_LATER,
  ),
  OUTCOME_TIMEOUT: entry(
    504,
    true,
    {
      ko: '화면이 결과를 알려 오지 않았습니다.',
      en: 'The screen did not report an outcome in time.',
    },
    TRY_LATER,
  ),
  UNSUPPORTED: entry(
    422,
    false,
    { ko: '이 화면이 지원하지 않는 명령입니다.', en: 'This screen does not support the command.' },
    CALL_ADMIN,
  ),
  HANDLER_FAILED: entry(
    500,
    true,
    {
      ko: '화면에서 명령을 실행하지 못했습니다.',
      en: 'The screen failed to carry out the command.',
    },
    SCAN_AGAIN,
  ),
  HANDLER_TIMEOUT: entry(
    504,
    true,
    {
      ko: '화면에서 명령이 제때 끝나지 않았습니다.',
      en: 'The screen did not finish the command in time.',
    },
    SCAN_AGAIN,
  ),
  INTERRUPTED: entry(
    500,
    false,
    { ko: '화면에서 명령이 중단되었습니다.', en: 'The command was interrupted on the screen.' },
    SCAN_AGAIN,
  ),
  DEVICE_RESTARTED: entry(
    500,
    true,
    {
      ko: '화면이 다시 시작되어 명령을 잃어버렸습니다.',
      en: 'The screen has restarted and no longer has the command.',
    },
    SCAN_AGAIN,
  ),
  CLOCK_SKEW: entry(
    500,
    true,
    {
      ko: '화면의 시계가 서버와 맞지 않습니다.',
      en: 'The screen took the command for expired, which by the server it was not.',
    },
    SCAN_AGAIN,
  ),
  COMMAND_OVERTAKEN: entry(
    409,
    false,
    {
      ko: '화면이 같은 자리에서 더 새로운 명령을 이미 시작했습니다.',
      en: 'The screen has begun something newer in this slot.',
    },
    SCAN_AGAIN,
  ),
  QUEUE_FULL: entry(
    429,
    true,
    {
      ko: '이 화면에 아직 끝나지 않은 명령이 너무 많습니다.',
      en: 'Too many commands of this screen are not settled yet.',
    },
    {
      ko: '화면이 연결되어 있는지 확인하고 잠시 후 다시 시도하세요.',
      en: 'Check that the screen is connected, then try again in a moment.',
    },
  ),
  DEAD_LETTER_NOT_FOUND: entry(
    404,
    false,
    { ko: '실패한 명령을 찾을 수 없습니다.', en: 'The dead letter was not found.' },
    { ko: '목록을 새로 고치세요.', en: 'List the dead letters again.' },
  ),
  DEAD_LETTER_REDRIVEN: entry(
    409,
    false,
    {
      ko: '이미 다시 보낸 명령입니다.',
      en: 'It was redriven before, and that command is no longer kept.',
    },
    { ko: '주문을 새로 스캔하세요.', en: 'Trigger the order anew.' },
  ),
} as const satisfies Record<string, ErrorEntry>;
