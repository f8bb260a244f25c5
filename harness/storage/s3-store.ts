import {
  CreateBucketCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";

import type { ObjectStore } from "./object-store.ts";
import type { S3Address } from "./plan.ts";

/** The lost folder of a bucket is the loss of all that was in it. */
const NOT_THERE = ["NoSuchKey", "NoSuchBucket", "NotFound"];
const OWN_ALREADY = ["BucketAlreadyOwnedByYou", "BucketAlreadyExists"];

const isOneOf = (error: unknown, names: readonly string[]): boolean =>
  error instanceof S3ServiceException && names.includes(error.name);

/** An S3-compatible store, by AWS's own client. */
export class S3Store implements ObjectStore {
  private readonly client: S3Client;
  private readonly bucket: string;

  constructor({ endpoint, bucket, region, accessKey, secretKey }: S3Address, maxSockets: number) {
    this.bucket = bucket;
    this.client = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
      forcePathStyle: true,
      // One operation is one request: a repeated put would be two writes of which one has no record.
      maxAttempts: 1,
      // Damaged bytes are read and reported by key, instead of an error of the client's.
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: { httpAgent: { keepAlive: true, maxSockets } },
    });
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await this.client
      .send(new CreateBucketCommand({ Bucket: this.bucket }), { abortSignal: signal })
      .catch((error: unknown) => {
        if (!isOneOf(error, OWN_ALREADY)) throw error;
      });
  }

  async put(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body });
    await this.client.send(command, { abortSignal: signal });
  }

  async get(key: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const command = new GetObjectCommand({ Bucket: this.bucket, Key: key });
    try {
      const { Body: body } = await this.client.send(command, { abortSignal: signal });
      return await body?.transformToByteArray();
    } catch (error) {
      if (isOneOf(error, NOT_THERE)) return undefined;
      throw error;
    }
  }

  async list(prefix: string, signal: AbortSignal): Promise<string[]> {
    const keys: string[] = [];
    const pages = paginateListObjectsV2(
      { client: this.client },
      { Bucket: this.bucket, Prefix: prefix },
      { abortSignal: signal },
    );
    try {
      for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = "" }) => Key));
    } catch (error) {
      if (!isOneOf(error, NOT_THERE)) throw error;
    }
    return keys;
  }
}
