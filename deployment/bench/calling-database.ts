type Size = { campaigns: number; calls: number; contacts?: number; hasIndexes?: boolean }

/** What a partner may have beside its primary keys. */
export const callIndexes = {
  byStatus: 'CREATE INDEX by_status ON calls (status, updatedAt)',
  byContact: 'CREATE INDEX by_contact ON calls (campaignid, contactid, status)',
}

/**
 * SQL for MariaDB that fills the current schema as a calling platform would: a tenth of the campaigns run, a few calls are active and
 * queued, the others ended over the last day and a half, and one contact in eleven was never called.
 */
export const callingDatabase = ({ campaigns, calls, contacts = Math.round(calls * 1.1), hasIndexes = true }: Size): string => {
  const contact = `1 + (seq - 1) % ${Math.round(contacts / 1.1)}`
  return `
CREATE TABLE campaigns (id INT PRIMARY KEY, name VARCHAR(191) NOT NULL, status VARCHAR(20) NOT NULL, deleted TINYINT(1) NOT NULL DEFAULT 0,
  createdAt DATETIME(3) NOT NULL, jobTitle VARCHAR(191));
CREATE TABLE calls (id INT PRIMARY KEY, campaignid INT NOT NULL, contactid INT NOT NULL, status VARCHAR(20) NOT NULL, endReason VARCHAR(50),
  createdAt DATETIME(3) NOT NULL, updatedAt DATETIME(3) NOT NULL${hasIndexes ? ', KEY (status, updatedAt), KEY (campaignid, contactid)' : ''});
CREATE TABLE _campaigntocontact (A INT NOT NULL, B INT NOT NULL, PRIMARY KEY (A, B), KEY (B));
CREATE TABLE settings (name VARCHAR(191) PRIMARY KEY, value TEXT);
INSERT INTO campaigns SELECT seq, CONCAT('Campaign ', seq), IF(seq % 10 = 0, 'RUNNING', 'COMPLETED'), seq % 25 = 1,
  UTC_TIMESTAMP() - INTERVAL seq * 2 HOUR, NULL FROM seq_1_to_${campaigns};
INSERT INTO calls SELECT seq, 1 + (${contact}) % ${campaigns}, ${contact},
  CASE WHEN seq <= ${calls / 500} THEN 'INPROGRESS' WHEN seq <= ${calls / 100} THEN 'QUEUED' WHEN seq % 50 = 0 THEN 'FAILED' ELSE 'ENDED' END,
  ELT(1 + seq % 3, NULL, 'voicemail', 'customer-ended-call'), UTC_TIMESTAMP() - INTERVAL 2 DAY,
  UTC_TIMESTAMP() - INTERVAL seq * ${129_600 / calls} SECOND FROM seq_1_to_${calls};
INSERT INTO _campaigntocontact SELECT 1 + seq % ${campaigns}, seq FROM seq_1_to_${contacts};
INSERT INTO settings VALUES ('callConcurrency', '40'), ('pauseAllCampaigns', '0');
ANALYZE TABLE campaigns, calls, _campaigntocontact, settings;
`
}
