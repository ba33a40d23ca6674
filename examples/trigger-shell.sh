#!/bin/bash
# Replace {trigger_address_URL} with your trigger address URL
QA_TRIGGER_URL="{trigger_address_URL}"

echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling Start."
echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling Url:" $QA_TRIGGER_URL

result=$(curl -k -s ${QA_TRIGGER_URL})

if [ ! -n "$result" ]; then
  echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger Failed" $result
else
  echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling Response:" $result
  echo $(date "+%Y-%m-%d %H:%M:%S") "QuickAudience Trigger scheduling End."
fi
