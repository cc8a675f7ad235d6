"""Settings on standard input -> MinIO has the bucket, the policy, and the application's account. Safe to repeat.

Python, because MinIO's administration interface wants its requests encrypted, and the SDK is there already.
"""

import sys

import urllib3
from minio import Minio
from minio.credentials import StaticProvider
from minio.minioadmin import MinioAdmin

REGION = "us-east-1"
POLICY = "sohoa"


def main(policy_file: str) -> None:
    """Make what is missing; the policy and the account's secret are brought up to date."""
    given = dict(line.rstrip("\n").split("=", 1) for line in sys.stdin)
    endpoint = given["SOHOA_S3_ENDPOINT"].removeprefix("https://")
    root = StaticProvider(given["SOHOA_TEST_S3_ADMIN_ACCESS_KEY"], given["SOHOA_TEST_S3_ADMIN_SECRET_KEY"])
    pool = urllib3.PoolManager(ca_certs=given["SOHOA_S3_CA"], timeout=urllib3.Timeout(connect=5, read=30))

    store = Minio(endpoint=endpoint, credentials=root, region=REGION, http_client=pool)
    bucket = given["SOHOA_S3_BUCKET"]
    if not store.bucket_exists(bucket_name=bucket):
        store.make_bucket(bucket_name=bucket, object_lock=True)

    accounts = MinioAdmin(endpoint=endpoint, credentials=root, region=REGION, http_client=pool)
    accounts.policy_add(POLICY, policy_file)
    accounts.user_add(given["SOHOA_S3_ACCESS_KEY"], given["SOHOA_S3_SECRET_KEY"])
    accounts.policy_set(POLICY, user=given["SOHOA_S3_ACCESS_KEY"])


if __name__ == "__main__":
    main(sys.argv[1])
