"""Appeals (recours) against decisions and complaints (réclamations) about anything else."""
