package dev.espora.bench;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@link StrategiesBench} needs, beside {@link Settings}.
 *
 * @param postgres a server to compare with, as a JDBC URL; one of the benchmark's own otherwise
 * @param jars folder with the peers' jars, see {@link PeersSettings#jars}
 * @param report folder for {@code report.html} and {@code report.json}; none are written otherwise
 * @param command that readers of the report can repeat
 */
public record StrategiesSettings(
    Optional<String> postgres, Optional<Path> jars, Optional<Path> report, String command) {}
