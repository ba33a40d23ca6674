/** Bodies and answers that show how the calls are used, by the name of the call. */
const task = {
  id: null,
  data_source_type: 'DLI',
  description: '',
  name: 'Test collection 110',
  user_id: '0833a573fe80d5401f6dc010a775569a',
  dir_id: '0',
  task_config: {
    data_connection_name: 'dli_test',
    data_connection_id: '14bb947454e64de784eadaab759081e8',
    databaseName: ['ygy1'],
    tableName: ['ygy1.ygy'],
    alive_object_policy: '3',
    deleted_object_policy: '3',
    enableDataProfile: false,
    enableDataClassification: false,
    enable_table_filter_by_regex: false,
  },
  schedule_config: { schedule_type: 'RUN_ONCE', max_time_out: 10 },
};

const daily = {
  ...task,
  schedule_config: {
    schedule_type: 'CRON',
    cron_expression: '0 30 2 * * ?',
    start_time: '2026-04-14T00:00:00 +08',
    enabled: 1,
  },
};

export const exampleBodies: Record<string, object> = {
  createUserToken: {
    auth: {
      identity: {
        methods: ['password'],
        password: {
          user: { name: 'admin', password: 'tgk_0123…', domain: { name: 'default' } },
        },
      },
      scope: { project: { name: 'default' } },
    },
  },
  createTask: task,
  updateTaskInfo: daily,
  showTaskList: { name: 'collection', limit: 10, offset: 0 },
  showInstanceLog: {},
};

const id = '8a9480ed8353e491018354b87f63009e';

export const exampleAnswers: Record<string, object> = {
  createTask: { task_id: id },
  showTaskInfo: {
    ...daily,
    id,
    create_time: '2026-04-13T08:00:00.000Z',
    update_time: '2026-04-13T08:00:00.000Z',
    user_name: 'admin',
    path: '/',
    last_run_time: '2026-04-14T18:30:00.012Z',
    next_run_time: '2026-04-15T18:30:00.000Z',
  },
  showTaskList: {
    ...{ count: 1, total_records: 1, max_records: 2_147_483_647 },
    resources: [{ ...daily, id }],
  },
  updateTaskInfo: {},
  deleteTaskInfo: {},
  executeTaskAction: {},
  showInstanceLog: {
    enable_bridge: true,
    enable_profile: false,
    enable_classification: false,
    bridge_status: 'SUCCEEDED',
    profile_status: null,
    classification_status: null,
    bridge_job_log: '2026-04-14T18:30:00.500Z INFO 1 table of 1 database',
    profile_job_log: null,
    classification_job_log: null,
  },
};
