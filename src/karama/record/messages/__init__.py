"""Messages that leave the house: texts of telephones, their segments, the senders, and what was tried."""
