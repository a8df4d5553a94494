# Sourced by the launchers: finds a JDK of version 25 or newer.

espora_jdk_minimum=25

# Prints the major version of the JDK in $1; fails if there is none.
jdk_version() {
  local home=$1 line
  [[ -x $home/bin/java ]] || return 1
  if [[ -r $home/release ]]; then
    while IFS= read -r line; do
      if [[ $line =~ ^JAVA_VERSION=\"?([0-9]+) ]]; then
        echo "${BASH_REMATCH[1]}"
        return
      fi
    done < "$home/release"
  fi
  line=$("$home/bin/java" -version 2>&1 | head -n 1)
  [[ $line =~ version\ \"([0-9]+) ]] && echo "${BASH_REMATCH[1]}"
}

# The home of the java that is first on the PATH, through its symbolic links.
jdk_on_path() {
  local java target
  java=$(command -v java) || return 1
  while [[ -L $java ]]; do
    target=$(readlink "$java")
    [[ $target == /* ]] || target=$(dirname "$java")/$target
    java=$target
  done
  cd "$(dirname "$java")/.." 2> /dev/null && pwd -P
}

# Prints the home of the first JDK that is new enough: JAVA_HOME, PATH, then the usual folders.
find_jdk() {
  local home version
  while IFS= read -r home; do
    [[ -n $home ]] || continue
    version=$(jdk_version "$home") || continue
    if [[ -n $version ]] && ((version >= espora_jdk_minimum)); then
      echo "$home"
      return
    fi
  done < <(
    echo "${JAVA_HOME:-}"
    jdk_on_path
    shopt -s nullglob
    printf '%s\n' /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/jvm/* \
      "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/* \
      "$HOME"/.asdf/installs/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
      "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
      /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
      /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home
  )
  return 1
}

no_jdk() {
  echo "espora: no JDK $espora_jdk_minimum or newer found (looked at JAVA_HOME, PATH, /usr/lib/jvm and other usual folders);" \
    "install one, or set JAVA_HOME" >&2
  exit 1
}
