// Copyright 2026 The StarRocks Connector for Apache Flink authors
// SPDX-License-Identifier: Apache-2.0

package com.starrocks.data.load.stream;

import java.io.Serializable;

/** How a load ended. What the server did not tell is null. */
public class StreamLoadResponse implements Serializable {
    private static final long serialVersionUID = 1L;

    private boolean cancel;
    private Long flushRows;
    private Long flushBytes;
    private Long costNanoTime;
    private StreamLoadResponseBody body;
    private Exception exception;

    /** Marks it as given up. */
    public void cancel() {
        cancel = true;
    }

    public boolean isCancel() {
        return cancel;
    }

    /** Rows sent. */
    public Long getFlushRows() {
        return flushRows;
    }

    public void setFlushRows(long flushRows) {
        this.flushRows = flushRows;
    }

    /** Bytes sent, after compression. */
    public Long getFlushBytes() {
        return flushBytes;
    }

    public void setFlushBytes(long flushBytes) {
        this.flushBytes = flushBytes;
    }

    /** From sending to the answer. */
    public Long getCostNanoTime() {
        return costNanoTime;
    }

    public void setCostNanoTime(long costNanoTime) {
        this.costNanoTime = costNanoTime;
    }

    /** The server's answer. */
    public StreamLoadResponseBody getBody() {
        return body;
    }

    public void setBody(StreamLoadResponseBody body) {
        this.body = body;
    }

    /** What went wrong, or null. */
    public Exception getException() {
        return exception;
    }

    public void setException(Exception exception) {
        this.exception = exception;
    }

    /** The server's answer, under the names that it has there. */
    public static class StreamLoadResponseBody implements Serializable {
        private static final long serialVersionUID = 1L;

        private Long txnId;
        private String label;
        private String state;
        private String status;
        private String existingJobStatus;
        private String message;
        private String msg;
        private Long numberTotalRows;
        private Long numberLoadedRows;
        private Long numberFilteredRows;
        private Long numberUnselectedRows;
        private String errorURL;
        private Long loadBytes;
        private Long loadTimeMs;
        private Long beginTxnTimeMs;
        private Long streamLoadPlanTimeMs;
        private Long readDataTimeMs;
        private Long writeDataTimeMs;
        private Long commitAndPublishTimeMs;

        public Long getTxnId() {
            return txnId;
        }

        public void setTxnId(Long txnId) {
            this.txnId = txnId;
        }

        public String getLabel() {
            return label;
        }

        public void setLabel(String label) {
            this.label = label;
        }

        public String getState() {
            return state;
        }

        public void setState(String state) {
            this.state = state;
        }

        public String getStatus() {
            return status;
        }

        public void setStatus(String status) {
            this.status = status;
        }

        public String getExistingJobStatus() {
            return existingJobStatus;
        }

        public void setExistingJobStatus(String existingJobStatus) {
            this.existingJobStatus = existingJobStatus;
        }

        public String getMessage() {
            return message;
        }

        public void setMessage(String message) {
            this.message = message;
        }

        public String getMsg() {
            return msg;
        }

        public void setMsg(String msg) {
            this.msg = msg;
        }

        public Long getNumberTotalRows() {
            return numberTotalRows;
        }

        public void setNumberTotalRows(Long numberTotalRows) {
            this.numberTotalRows = numberTotalRows;
        }

        public Long getNumberLoadedRows() {
            return numberLoadedRows;
        }

        public void setNumberLoadedRows(Long numberLoadedRows) {
            this.numberLoadedRows = numberLoadedRows;
        }

        public Long getNumberFilteredRows() {
            return numberFilteredRows;
        }

        public void setNumberFilteredRows(Long numberFilteredRows) {
            this.numberFilteredRows = numberFilteredRows;
        }

        public Long getNumberUnselectedRows() {
            return numberUnselectedRows;
        }

        public void setNumberUnselectedRows(Long numberUnselectedRows) {
            this.numberUnselectedRows = numberUnselectedRows;
        }

        public String getErrorURL() {
            return errorURL;
        }

        public void setErrorURL(String errorURL) {
            this.errorURL = errorURL;
        }

        public Long getLoadBytes() {
            return loadBytes;
        }

        public void setLoadBytes(Long loadBytes) {
            this.loadBytes = loadBytes;
        }

        public Long getLoadTimeMs() {
            return loadTimeMs;
        }

        public void setLoadTimeMs(Long loadTimeMs) {
            this.loadTimeMs = loadTimeMs;
        }

        public Long getBeginTxnTimeMs() {
            return beginTxnTimeMs;
        }

        public void setBeginTxnTimeMs(Long beginTxnTimeMs) {
            this.beginTxnTimeMs = beginTxnTimeMs;
        }

        public Long getStreamLoadPlanTimeMs() {
            return streamLoadPlanTimeMs;
        }

        public void setStreamLoadPlanTimeMs(Long streamLoadPlanTimeMs) {
            this.streamLoadPlanTimeMs = streamLoadPlanTimeMs;
        }

        public Long getReadDataTimeMs() {
            return readDataTimeMs;
        }

        public void setReadDataTimeMs(Long readDataTimeMs) {
            this.readDataTimeMs = readDataTimeMs;
        }

        public Long getWriteDataTimeMs() {
            return writeDataTimeMs;
        }

        public void setWriteDataTimeMs(Long writeDataTimeMs) {
            this.writeDataTimeMs = writeDataTimeMs;
        }

        public Long getCommitAndPublishTimeMs() {
            return commitAndPublishTimeMs;
        }

        public void setCommitAndPublishTimeMs(Long commitAndPublishTimeMs) {
            this.commitAndPublishTimeMs = commitAndPublishTimeMs;
        }
    }
}
