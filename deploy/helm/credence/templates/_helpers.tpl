{{/* The labels by which pods are found; they never change. */}}
{{- define "credence.selector" -}}
app.kubernetes.io/name: credence
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* All labels of an object. */}}
{{- define "credence.labels" -}}
{{ include "credence.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{/* The container that both the server and the migration run: the image, what it may do, its settings and files. Ends in `env`, so that each adds its own. */}}
{{- define "credence.container" -}}
image: {{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: secret
    mountPath: /etc/credence/secret
    readOnly: true
  {{- if .Values.keysSecret }}
  - name: keys
    mountPath: /etc/credence/keys
    readOnly: true
  {{- end }}
env:
  - name: PORT
    value: {{ .Values.port | quote }}
  {{- range $name, $value := .Values.settings }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
  {{- range $name, $file := .Values.secret.files }}
  - name: {{ $name }}_FILE
    value: /etc/credence/secret/{{ $file }}
  {{- end }}
  {{- if .Values.keysSecret }}
  - name: KEYS_DIR
    value: /etc/credence/keys
  {{- end }}
{{- end }}

{{/* What both pods have besides their container. Files are readable by the group 1001 alone. */}}
{{- define "credence.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1001
  runAsGroup: 1001
  fsGroup: 1001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: tmp
    emptyDir: {}
  - name: secret
    secret:
      secretName: {{ .Values.secret.name }}
      defaultMode: 288 # 0440
  {{- if .Values.keysSecret }}
  - name: keys
    secret:
      secretName: {{ .Values.keysSecret }}
      defaultMode: 288 # 0440
  {{- end }}
{{- end }}
